// How a house begins: the one-time link makes the admin, others take a seat, come in and leave.
import { fillJoin, password } from './house.mjs'

const you = (page, shown) => page.getByRole('button', { name: `You, ${shown}` })

export async function joining(house) {
  house.admin = await house.person('admin')
  await house.check('a new house says that it has nobody yet', async () => {
    await house.admin.goto(house.base)
    await house.admin.getByText('Nobody runs this place so far').waitFor()
  })
  await house.check('the setup link makes the administrator', async () => {
    await house.admin.goto(house.setupLink.replace(/^https?:\/\/[^/]+/, house.base))
    await house.shot(house.admin, 'setup')
    await fillJoin(house.admin, { email: 'vera@orpheum.example', username: 'vera', shown: 'Vera' })
    await house.admin.getByRole('button', { name: 'Open the house' }).click()
    await you(house.admin, 'Vera').waitFor()
  })
  await house.check('the setup link works once', async () => {
    const late = await house.person('latecomer')
    await late.goto(house.setupLink.replace(/^https?:\/\/[^/]+/, house.base))
    await fillJoin(late, { email: 'eve@orpheum.example', username: 'eve_late' })
    await house.excuse(/status of 4\d\d/, async () => {
      await late.getByRole('button', { name: 'Open the house' }).click()
      await late.getByRole('alert').filter({ hasText: /./ }).first().waitFor()
    })
    const joined = await you(late, 'eve_late').count()
    await late.context().close()
    return joined ? 'a second administrator was made' : ''
  })
  house.member = await join(house, 'ines', 'Ines')
  house.other = await join(house, 'tomas', 'Tomás')
  await refusals(house)
  await comingBack(house)
  house.visitor = await house.person('visitor')
}

async function join(house, username, shown) {
  const page = await house.person(username)
  await house.check(`${shown} takes a seat`, async () => {
    await page.goto(`${house.base}/join`)
    await fillJoin(page, { email: `${username}@orpheum.example`, username, shown })
    await page.getByRole('button', { name: 'Take my seat' }).click()
    await you(page, shown).waitFor()
  })
  return page
}

async function refusals(house) {
  await house.check('a form that is refused says what and where, and puts the focus there', async () => {
    const page = await house.person('hasty')
    await page.goto(`${house.base}/join`)
    await page.getByRole('button', { name: 'Take my seat' }).click()
    const email = page.getByLabel('Email')
    await page.waitForFunction(() => document.activeElement?.getAttribute('aria-invalid') === 'true')
    const told = await email.evaluate((box) => document.getElementById(box.getAttribute('aria-describedby'))?.textContent)
    await page.context().close()
    return told?.trim() ? '' : 'the refused field is not described'
  })
}

async function comingBack(house) {
  await house.check('a reload keeps the session; signing out ends it; signing in begins one', async () => {
    const page = house.other
    await page.reload()
    await you(page, 'Tomás').waitFor()
    await you(page, 'Tomás').click()
    await page.getByRole('menuitem', { name: 'Sign out' }).click()
    await page.getByRole('link', { name: 'Sign in' }).first().waitFor()
    await page.goto(`${house.base}/in`)
    await page.getByLabel('Email or username').fill('tomas')
    await page.getByRole('textbox', { name: 'Password' }).fill('not this one')
    await house.excuse(/status of 401/, async () => {
      await page.getByRole('button', { name: /come in|sign in/i }).click()
      await page.getByText('These two do not belong together').waitFor()
    })
    await page.getByRole('textbox', { name: 'Password' }).fill(password)
    await page.getByRole('button', { name: /come in|sign in/i }).click()
    await you(page, 'Tomás').waitFor()
  })
}
