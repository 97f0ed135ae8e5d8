import { makeStream } from "../../kit.mjs";

export const dynamic = "force-dynamic";

export function GET() {
  return new Response(makeStream());
}
