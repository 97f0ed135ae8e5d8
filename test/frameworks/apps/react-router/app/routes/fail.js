export function loader() {
  throw new Error("the app fails");
}
