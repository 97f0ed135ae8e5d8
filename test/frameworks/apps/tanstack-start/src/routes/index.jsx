import { createFileRoute } from "@tanstack/react-router";

export const Route = createFileRoute("/")({
  headers: () => ({ "Cache-Control": "public, max-age=60" }),
  component: () => <h1>{`Hello from ${"the app"}`}</h1>,
});
