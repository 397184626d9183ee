/** Runs a job again and again, never twice at once in this process; a fault is logged, and the next run comes all the same. */
export interface Scheduled {
  /** No further run begins; one under way is waited for. */
  stop(): Promise<void>;
}

export function every(
  milliseconds: number,
  job: () => Promise<unknown>,
  failed: (fault: unknown) => void,
  timers: { readonly setTimeout: (run: () => void, milliseconds: number) => { unref?(): unknown } } = globalThis,
): Scheduled {
  let stopped = false;
  let underWay: Promise<void> = Promise.resolve();
  const plan = () => {
    if (stopped) return;
    timers
      .setTimeout(() => {
        if (stopped) return;
        underWay = job()
          .then(() => undefined, failed)
          .finally(plan);
      }, milliseconds)
      .unref?.();
  };
  plan();
  return {
    stop: async () => {
      stopped = true;
      await underWay;
    },
  };
}
