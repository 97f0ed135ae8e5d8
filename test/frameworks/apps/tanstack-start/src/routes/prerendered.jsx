import { createFileRoute } from "@tanstack/react-router";

export const Route = createFileRoute("/prerendered")({ component: () => <h1>prerendered</h1> });
