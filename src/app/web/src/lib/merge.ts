// Two people change the same form: what only one of them touched is taken as it is. Pure.

/** `theirs` with what I changed since `base`; `both` names what they changed too, to something else. */
export function merged<T extends object>(base: T, mine: T, theirs: T): { value: T; both: (keyof T)[] } {
  const value = { ...theirs };
  const both: (keyof T)[] = [];
  for (const name of Object.keys(mine) as (keyof T)[]) {
    if (mine[name] === base[name]) continue;
    value[name] = mine[name];
    if (theirs[name] !== base[name] && theirs[name] !== mine[name]) both.push(name);
  }
  return { value, both };
}
