import { makeStream } from "../../kit.mjs";

export const GET = () => new Response(makeStream());
