/**
 * The WebSocket of a response of `Deno.upgradeWebSocket`, which carries it under a symbol. If a later Deno drops that symbol,
 * the request counts as finished when the WebSocket begins, and the gate does not close it.
 */
export function socketOf(response: unknown): WebSocket | undefined {
  if ((response as Response | null | undefined)?.status !== 101) return undefined;
  const values = Object.getOwnPropertySymbols(response).map((symbol) => (response as Record<symbol, unknown>)[symbol]);
  return values.find((value) => value instanceof WebSocket);
}
