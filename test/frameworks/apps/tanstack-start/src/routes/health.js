import { createFileRoute } from "@tanstack/react-router";
import { health } from "../../kit.mjs";

export const Route = createFileRoute("/health")({
  server: { handlers: { GET: ({ request }) => new Response(health(new URL(request.url).search)) } },
});
