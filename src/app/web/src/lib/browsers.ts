// A short name for what a User-Agent stands for. Pure.
export function browserName(agent: string | null | undefined): string {
  if (!agent) return 'A program';
  const system = /Android/.test(agent)
    ? 'Android'
    : /iPhone|iPad/.test(agent)
      ? 'iOS'
      : /Windows/.test(agent)
        ? 'Windows'
        : /Mac OS X/.test(agent)
          ? 'macOS'
          : /Linux/.test(agent)
            ? 'Linux'
            : '';
  const name = /Edg\//.test(agent)
    ? 'Edge'
    : /Firefox\//.test(agent)
      ? 'Firefox'
      : /OPR\//.test(agent)
        ? 'Opera'
        : /Chrom(e|ium)\//.test(agent)
          ? 'Chrome'
          : /Safari\//.test(agent)
            ? 'Safari'
            : '';
  if (name) return system ? `${name} on ${system}` : name;
  return agent.split(/[\s/]/)[0]?.slice(0, 40) || 'A program';
}
