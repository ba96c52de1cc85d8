// Where to go after signing in: only to a page of this house.
export function nextPlace(wish: string | null): string {
  return wish && /^\/(?![/\\])/.test(wish) && !/^\/(in|join|setup)\b/.test(wish) ? wish : '/';
}
