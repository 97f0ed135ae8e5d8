import { health } from "../../../kit.mjs";

export const GET = ({ url }) => new Response(health(url.search));
