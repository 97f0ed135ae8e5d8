/** The build for a server of one's own, which puts what it knows into the app's contexts. */
export * from "virtual:react-router/server-build";
export { addressContext, userContext } from "./context.js";
