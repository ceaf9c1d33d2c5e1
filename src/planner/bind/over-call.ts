/** Results of OVER stand behind all that grouping adds while the select list is bound over the input. */
export const firstOverCall = 2 ** 27;

export function isOverCall(index: number): boolean {
  return index >= firstOverCall && index < 2 * firstOverCall;
}
