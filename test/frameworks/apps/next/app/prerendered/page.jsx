export default function Page() {
  return <p>prerendered</p>;
}
