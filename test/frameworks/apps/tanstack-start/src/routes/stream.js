import { createFileRoute } from "@tanstack/react-router";
import { makeStream } from "../../kit.mjs";

export const Route = createFileRoute("/stream")({
  server: { handlers: { GET: () => new Response(makeStream()) } },
});
