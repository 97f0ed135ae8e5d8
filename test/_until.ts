/** Waits until a condition holds, for 20 seconds. What it throws is thrown at once. */
export async function until(condition: () => unknown, what = "the condition holds"): Promise<void> {
  const deadline = performance.now() + 20_000;
  while (!await condition()) {
    if (performance.now() > deadline) throw new Error(`${what}: not within 20 s`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
