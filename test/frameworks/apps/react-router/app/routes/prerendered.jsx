export default function Prerendered() {
  return <h1>prerendered</h1>;
}
