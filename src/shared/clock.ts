/** The one source of "now": every room gets it handed in, so that tests and replays decide the instant (H24). */
export interface Clock {
  now(): Date;
}

export const systemClock: Clock = { now: () => new Date() };
