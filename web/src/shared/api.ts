// The one way to the server: typed by api/openapi.yaml, problems (RFC 9457) become errors with a stable key.
import createClient, { type Middleware } from 'openapi-fetch'
import type { components, paths } from './schema'

export type Schemas = components['schemas']

/** What went wrong: `code` is stable (see /problems/{code}), `field` names what to mend. */
export class Problem extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    readonly field: string,
    detail: string,
    readonly retryAfter?: number,
    readonly extra: Record<string, unknown> = {},
  ) {
    super(detail)
    this.name = 'Problem'
  }
}

let language = 'zh-CN'
export function speak(tag: string) {
  language = tag
}

async function problemOf(response: Response): Promise<Problem> {
  const retry = Number(response.headers.get('retry-after')) || undefined
  try {
    const body = (await response.clone().json()) as Record<string, unknown>
    return new Problem(
      response.status,
      String(body.code ?? 'internal'),
      String(body.field ?? ''),
      String(body.detail ?? body.title ?? response.statusText),
      retry,
      body,
    )
  } catch {
    return new Problem(response.status, 'internal', '', response.statusText, retry)
  }
}

/** Called when the server no longer knows who we are; the workbench shows its login. */
export const onLoggedOut: { call?: () => void } = {}

const middleware: Middleware = {
  onRequest({ request }) {
    request.headers.set('accept-language', language)
    return request
  },
  async onResponse({ response }) {
    if (response.ok || response.status === 304) return response
    if (response.status === 401) onLoggedOut.call?.()
    throw await problemOf(response)
  },
}

export const api = createClient<paths>({ baseUrl: '/', credentials: 'same-origin' })
api.use(middleware)

/** The data of an answer; errors have been thrown already. */
export async function data<T>(answer: Promise<{ data?: T }>): Promise<T> {
  return (await answer).data as T
}

/** A key that makes a repetition safe: kept while the same form is tried again. */
export function idempotencyKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(18))
  return btoa(String.fromCharCode(...bytes)).replace(/[+/]/g, '-')
}
