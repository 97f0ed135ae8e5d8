export const dynamic = "force-dynamic";

import { hold } from "../../kit.mjs";

export async function GET() {
  await hold();
  return new Response("slow\n");
}
