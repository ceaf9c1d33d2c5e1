/** What to do about a body that arrived damaged. */
export const damagedHint =
  'Nothing of it was used.  If it comes again, look for a proxy in between that changes what passes.';
