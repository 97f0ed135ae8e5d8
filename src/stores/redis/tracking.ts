/**
 * The channel on which Redis tells a RESP2 connection that keys have changed.
 *
 * @see {@link https://redis.io/docs/latest/develop/reference/client-side-caching/ | Client-side caching}
 */
export const INVALIDATED = "__redis__:invalidate";

/** Asks Redis to tell a connection of every change to a key. Returns whether Redis agreed. */
export async function trackKey(send: (...command: string[]) => Promise<unknown>, key: string): Promise<boolean> {
  try {
    const id = String(await send("CLIENT", "ID"));
    await send("CLIENT", "TRACKING", "ON", "REDIRECT", id, "BCAST", "PREFIX", key);
    return true;
  } catch {
    // Some users lack the permission and some services lack the feature. Polling then finds changes made by hand.
    return false;
  }
}

/** Whether a message on {@link INVALIDATED} names a key. A message without keys, as after `FLUSHALL`, names them all. */
export function namesKey(message: unknown, key: string): boolean {
  const keys = String(message ?? "");
  return keys === "" || `,${keys},`.includes(`,${key},`);
}
