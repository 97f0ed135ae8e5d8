import { createFileRoute } from "@tanstack/react-router";
import { hold } from "../../kit.mjs";

export const Route = createFileRoute("/slow")({
  server: { handlers: { GET: () => hold().then(() => new Response("slow\n")) } },
});
