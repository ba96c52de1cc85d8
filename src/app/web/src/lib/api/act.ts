// One act of a person and its idempotency key.
import { uuid } from '../ids';
import { Problem } from './problem';

/** Keeps the key while the same act went unanswered; any answer, also a refusal, ends it. */
export class Act {
  #key = '';
  #body = '';

  async run<T>(body: unknown, work: (key: string) => Promise<T>): Promise<T> {
    const text = JSON.stringify(body);
    if (!this.#key || text !== this.#body) this.#key = uuid();
    this.#body = text;
    try {
      const answer = await work(this.#key);
      this.#key = '';
      return answer;
    } catch (thrown) {
      if (!(thrown instanceof Problem && thrown.status === 0)) this.#key = '';
      throw thrown;
    }
  }
}
