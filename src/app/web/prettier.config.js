// How the web interface and every .mjs below tests/ and scripts/ are laid out: `npm run format` writes them so, `npm run format:check`
// only says which are not.

export default {
  printWidth: 140,
  singleQuote: true,
  bracketSameLine: true,
  plugins: ['prettier-plugin-svelte'],
  overrides: [{ files: '*.svelte', options: { parser: 'svelte' } }],
};
