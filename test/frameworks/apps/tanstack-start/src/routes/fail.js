import { createFileRoute } from "@tanstack/react-router";

export const Route = createFileRoute("/fail")({
  server: {
    handlers: {
      GET() {
        throw new Error("the app fails");
      },
    },
  },
});
