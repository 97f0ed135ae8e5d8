/** `true` for the very same type only: `any` equals nothing but `any`. */
export type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends (<T>() => T extends B ? 1 : 2) ? true : false;

/** Fails to compile unless its type argument is `true`. */
export function expect<_Holds extends true>(): void {}
