/** Prints how many milliseconds it takes to import its argument. */
import process from "node:process";

const specifier = process.argv[2]!;
const start = performance.now();
await import(specifier);
console.log(performance.now() - start);
