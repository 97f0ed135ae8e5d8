// Loaded with `import()`. From a module of our own, bundlers take these two alone and leave out the rest of the package.
export { createServerAdapter, Response } from "@whatwg-node/server";
