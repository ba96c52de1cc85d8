// How a house begins: the one-time link makes the admin, others take a seat, come in and leave.
import { fillJoin, password } from './house.mjs';

const you = (page, shown) => page.getByRole('button', { name: `You, ${shown}` });

export async function joining(house) {
  house.admin = await house.person('admin');
  await house.check('a new house says that it has nobody yet', async () => {
    await house.admin.goto(house.base);
    await house.admin.getByText('Nobody runs this place so far').waitFor();
  });
  await firstStart(house);
  await house.check('the setup link makes the administrator', async () => {
    await house.admin.goto(house.setupLink.replace(/^https?:\/\/[^/]+/, house.base));
    await house.shot(house.admin, 'setup');
    await fillJoin(house.admin, { email: 'vera@orpheum.example', username: 'vera', shown: 'Vera' });
    await house.admin.getByRole('button', { name: 'Open the house' }).click();
    await you(house.admin, 'Vera').waitFor();
  });
  await house.check('the setup link works once', async () => {
    const late = await house.person('latecomer');
    const link = house.setupLink.replace(/^https?:\/\/[^/]+/, house.base);
    await late.goto(link);
    await late.getByText('This house has been opened already').waitFor();
    const form = await late.locator('form').count();
    await late.context().close();
    const token = decodeURIComponent(link.replace(/^[^#]*#(token=)?/, ''));
    const { status } = await fetch(`${house.base}/api/auth/setup`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ token, email: 'eve@orpheum.example', username: 'eve_late', password }),
    });
    if (status < 400) return 'a second administrator was made';
    return form ? 'a form is shown that cannot be sent' : '';
  });
  house.member = await join(house, 'ines', 'Ines');
  house.other = await join(house, 'tomas', 'Tomás');
  await refusals(house);
  await everyFault(house);
  await comingBack(house);
  house.visitor = await house.person('visitor');
}

// A link that lost a letter, and passwords that everybody tries.
async function firstStart(house) {
  const link = house.setupLink.replace(/^https?:\/\/[^/]+/, house.base);
  const page = await house.person('founder');
  const send = (password) =>
    house.excuse(/status of 4(10|22)/, async () => {
      await page.getByRole('textbox', { name: 'Password' }).fill(password);
      await page.getByRole('button', { name: 'Open the house' }).click();
      await page.getByRole('button', { name: 'Open the house', disabled: false }).and(page.locator('[aria-busy=false]')).waitFor();
    });
  await house.check('a wrong setup link is explained: why, and where the right one is', async () => {
    await page.goto(`${link.slice(0, -1)}${link.endsWith('x') ? 'y' : 'x'}`);
    await fillJoin(page, { email: 'vera@orpheum.example', username: 'vera' });
    await send(password);
    await page
      .getByRole('alert')
      .filter({ hasText: /file setup-link in the server's data folder/ })
      .waitFor();
    await page.goto(`${house.base}/setup#token=%E0%A4%A`);
    await page.getByText('Copy the whole line, with everything behind the #.').waitFor();
    await page.goto(link); // in the same tab only what is behind the # changes
    await page.getByLabel('Email').waitFor();
  });
  await house.check('the first administrator gets no password that everybody tries', async () => {
    await page.goto('about:blank');
    await page.goto(link);
    await fillJoin(page, { email: 'vera@orpheum.example', username: 'vera' });
    for (const weak of ['short', 'password', '12345678', 'Vera1987', 'P@ssw0rd!', 'vera@orpheum.example']) {
      await send(weak);
      const field = page.getByRole('textbox', { name: 'Password' });
      await page.waitForFunction(() => document.activeElement?.getAttribute('aria-invalid') === 'true');
      const told = await field.evaluate((box) => document.getElementById(box.getAttribute('aria-describedby'))?.textContent.trim());
      if (!told || !/guess|characters/.test(told)) return `${weak}: "${told}"`;
    }
    await page.context().close();
  });
}

async function join(house, username, shown) {
  const page = await house.person(username);
  await house.check(`${shown} takes a seat`, async () => {
    await page.goto(`${house.base}/join`);
    await fillJoin(page, { email: `${username}@orpheum.example`, username, shown });
    await page.getByRole('button', { name: 'Take my seat' }).click();
    await you(page, shown).waitFor();
  });
  return page;
}

async function refusals(house) {
  await house.check('a form that is refused says what and where, and puts the focus there', async () => {
    const page = await house.person('hasty');
    await page.goto(`${house.base}/join`);
    await page.getByRole('button', { name: 'Take my seat' }).click();
    const email = page.getByLabel('Email');
    await page.waitForFunction(() => document.activeElement?.getAttribute('aria-invalid') === 'true');
    const told = await email.evaluate((box) => document.getElementById(box.getAttribute('aria-describedby'))?.textContent);
    await page.context().close();
    return told?.trim() ? '' : 'the refused field is not described';
  });
}

async function everyFault(house) {
  await house.check('a join form says everything that is wrong at once, and names and addresses that are taken together', async () => {
    const page = await house.person('hurried');
    const errors = () =>
      page
        .locator('[aria-invalid=true]')
        .evaluateAll((all) =>
          all.map((box) => `${box.name}: ${document.getElementById(box.getAttribute('aria-describedby'))?.textContent.trim()}`),
        );
    await page.goto(`${house.base}/join`);
    await page.getByLabel('Email').fill('no address');
    await page.getByLabel('Username').fill('é!');
    await page.getByRole('textbox', { name: 'Password' }).fill('short');
    await page.getByRole('button', { name: 'Take my seat' }).click();
    await page.locator('[aria-invalid=true]').first().waitFor();
    const wrong = await errors();
    if (wrong.length !== 3) return `only ${JSON.stringify(wrong)}`;
    await fillJoin(page, { email: 'ines@orpheum.example', username: 'ines' });
    await house.excuse(/status of 409/, async () => {
      await page.getByRole('button', { name: 'Take my seat' }).click();
      await page.getByText('This name is taken.').waitFor();
    });
    const taken = await errors();
    await page.context().close();
    return taken.length === 2 ? '' : `only ${JSON.stringify(taken)}`;
  });
}

async function comingBack(house) {
  // proves S3
  await house.check('a reload keeps the session; signing out ends it; signing in begins one', async () => {
    const page = house.other;
    await page.reload();
    await you(page, 'Tomás').waitFor();
    await you(page, 'Tomás').click();
    await page.getByRole('menuitem', { name: 'Sign out' }).click();
    await page.getByRole('link', { name: 'Sign in' }).first().waitFor();
    await page.goto(`${house.base}/in`);
    await page.getByLabel('Email or username').fill('tomas');
    await page.getByRole('textbox', { name: 'Password' }).fill('not this one');
    await house.excuse(/status of 401/, async () => {
      await page.getByRole('button', { name: /come in|sign in/i }).click();
      await page.getByText('These two do not belong together').waitFor();
    });
    await page.getByRole('textbox', { name: 'Password' }).fill(password);
    await page.getByRole('button', { name: /come in|sign in/i }).click();
    await you(page, 'Tomás').waitFor();
  });
}
