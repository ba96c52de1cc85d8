// Checks of the smaller chaos programs: one line each, and the closing line.
export class Tally {
  constructor() {
    Object.assign(this, { passed: 0, failed: 0 });
  }

  check(what, holds, why = '') {
    this[holds ? 'passed' : 'failed'] += 1;
    console.log(holds ? `ok      ${what}` : `FAILED  ${what} ${why}`);
  }

  // Runs `act`, ends the server whatever happens, prints the closing line and ends the process.
  async close(server, act) {
    try {
      await act();
    } catch (cause) {
      this.check('the run itself', false, cause.stack);
      console.log(server.tail());
    } finally {
      await server.end('SIGKILL');
    }
    console.log(`${this.passed} passed, ${this.failed} failed`);
    process.exit(this.failed === 0 ? 0 : 1);
  }
}

// A member with a token.
export async function member(wire, username) {
  const json = { email: `${username}@chaos.example`, username, password: 'a long enough sentence' };
  const answer = await wire.send('POST', '/api/auth/register', { json });
  if (answer.status !== 201) throw new Error(`registering ${username}: ${answer.status} ${answer.text}`);
  return JSON.parse(answer.text).tokens.accessToken;
}
