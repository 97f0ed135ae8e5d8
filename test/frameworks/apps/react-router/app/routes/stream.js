import { makeStream } from "../../kit.mjs";

export const loader = () => new Response(makeStream());
