/** A copy of an object with its own members alone: somebody may have put one on `Object.prototype`. */
export function ownOf<Given extends object>(given: Given): Given {
  return { __proto__: null, ...given };
}
