/** A glob for one path part: `*`, `?` and `[a-z]`; a leading dot must be written out. */
export function globToRegExp(glob: string): RegExp {
  let source = '';
  for (const one of glob.matchAll(/\*|\?|\[[^\]]*\]|[^*?[]+|\[/g)) {
    const part = one[0];
    if (part === '*') source += '[^/]*';
    else if (part === '?') source += '[^/]';
    else if (part.length > 1 && part.startsWith('[')) source += part.replace(/^\[!/, '[^').replaceAll('\\', '\\\\');
    else source += part.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&');
  }
  return new RegExp(`^${glob.startsWith('.') ? '' : '(?!\\.)'}${source}$`);
}
