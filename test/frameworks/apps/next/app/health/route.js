import { health } from "../../kit.mjs";

export function GET(request) {
  return new Response(health(request.nextUrl.search));
}
