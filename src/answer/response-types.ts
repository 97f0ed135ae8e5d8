import type { ResponseType } from "./options.ts";

/** The representations that `responseType` may name. */
export const RESPONSE_TYPES: readonly ResponseType[] = ["html", "json", "text", "trpc"];
