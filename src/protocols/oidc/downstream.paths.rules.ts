/** Where a browser stands between an application's request and the answer to it. */

/** The pages of an interaction. */
export function interactionPath(uid: string): string {
  return `/oidc/interaction/${uid}`;
}

/** The last step of a sign-in, with the handle of its login. */
export function arrivalPath(uid: string, handle: string): string {
  return `/oidc/auth/${uid}?login=${encodeURIComponent(handle)}`;
}
