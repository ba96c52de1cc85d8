// The commands of a manual: those of its fenced blocks, line by line, and those in the running text.

const programs = 'systemctl|systemd-analyze|docker|openssl|chown|chmod|sysctl|ulimit|pg_dump|sqlite3|rsync|runuser|certbot';
const spoken = new RegExp(`^(sudo |\\./)?(videa-mozi|scripts/orchestrate\\.sh|${programs}) \\S`);

// Each: {file, line, text, kind}; kind "block" with its language, or "text".
export function commandsOf(file, source) {
  const out = [];
  const lines = source.split('\n');
  let block = null;
  for (const [at, line] of lines.entries()) {
    const fence = /^\s*```(\w*)\s*$/.exec(line);
    if (fence) {
      if (block && block.language !== 'shell') out.push(block);
      if (!block) {
        const language = ['', 'bash', 'sh'].includes(fence[1]) ? 'shell' : fence[1];
        block = { file, line: at + 1, kind: 'block', language, text: '' };
      } else {
        block = null;
      }
    } else if (block?.language === 'shell') {
      const text = line.replace(/\s+#\s.*$/, '').trim();
      if (text) out.push({ file, line: at + 1, kind: 'block', language: 'shell', text });
    } else if (block) {
      block.text += `${line}\n`;
    } else {
      for (const [, text] of line.matchAll(/`([^`]+)`/g))
        if (spoken.test(text)) out.push({ file, line: at + 1, kind: 'text', language: 'shell', text });
    }
  }
  return joined(out);
}

// A loop or a line that ends in a backslash is one command.
function joined(commands) {
  const out = [];
  let open = 0;
  for (const command of commands) {
    const before = out.at(-1);
    const goesOn = before && command.kind === 'block' && command.language === 'shell' && (open > 0 || before.text.endsWith('\\'));
    if (goesOn) before.text = before.text.replace(/\\$/, '') + (open > 0 ? '\n' : ' ') + command.text;
    else out.push({ ...command });
    if (command.language === 'shell' && command.kind === 'block') {
      open += (command.text.match(/^(for|while|until|if) /) ? 1 : 0) - (/^(done|fi)\b/.test(command.text) ? 1 : 0);
    }
  }
  return out;
}
