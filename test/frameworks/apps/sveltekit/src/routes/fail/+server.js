export function GET() {
  throw new Error("the app fails");
}
