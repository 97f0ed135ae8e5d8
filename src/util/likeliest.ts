/** The known name that a misspelt one most likely stands for; `undefined` if none is near. */
export function likeliest(name: string, known: readonly string[]): string | undefined {
  const plain = simplified(name);
  let best: string | undefined;
  let least = Math.max(1, Math.floor(plain.length / 3)) + 1;
  for (const candidate of known) {
    const other = simplified(candidate);
    const isStart = other.startsWith(plain);
    const distance = isStart && plain.length > 3 ? 1 : editDistance(plain, other);
    // Of names that are equally near, a longer form wins: "off" for "of", not "on".
    const rank = isStart ? distance - 0.5 : distance;
    if (rank < least) {
      best = candidate;
      least = rank;
    }
  }
  return best;
}

// "INTERNAL_IPS", "internal-ips" and "internalIps" are one name. Django's settings have a prefix.
function simplified(name: string): string {
  return name.slice(0, 60).toLowerCase().replace(/[^a-z0-9]/g, "").replace(/^maintenance(?:mode)?(?=.)/, "");
}

function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      next[j] = Math.min(next[j - 1]! + 1, row[j]! + 1, row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1));
    }
    row = next;
  }
  return row[b.length]!;
}
