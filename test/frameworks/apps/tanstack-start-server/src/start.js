/** The gate stands in front of the server. */
import { createCsrfMiddleware, createMiddleware, createStart } from "@tanstack/react-start";
import { userOf } from "../kit.mjs";

const findUser = createMiddleware().server(({ request, next }) =>
  next({ context: { user: userOf(request.headers.get("cookie")) } })
);

const csrf = createCsrfMiddleware({ filter: ({ handlerType }) => handlerType === "serverFn" });

export const startInstance = createStart(() => ({ requestMiddleware: [findUser, csrf] }));
