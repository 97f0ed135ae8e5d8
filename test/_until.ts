/** Waits until a condition holds, for a minute: a busy machine is slow, which is no failure. What it throws is thrown at once. */
export async function until(condition: () => unknown, what = "the condition holds"): Promise<void> {
  const deadline = performance.now() + 60_000;
  while (!await condition()) {
    if (performance.now() > deadline) throw new Error(`${what}: not within a minute`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
