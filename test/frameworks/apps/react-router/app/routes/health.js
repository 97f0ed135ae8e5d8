import { health } from "../../kit.mjs";

export const loader = ({ url }) => new Response(health(url.search));
