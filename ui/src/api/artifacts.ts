import { queryOptions } from '@tanstack/react-query'
import { allPages, call, errorOf, send } from './client'
import type { FileInfo, Owner } from './types'

/** The files of a folder of a run or a logged model. */
export const files = (owner: Owner, path: string) =>
  queryOptions({
    queryKey: ['files', owner, path],
    queryFn: () =>
      allPages(
        (page_token) =>
          owner.kind === 'run'
            ? call('GET /2.0/mlflow/artifacts/list', { run_id: owner.id, path: path || undefined, page_token })
            : call('GET /2.0/mlflow/logged-models/{model_id}/artifacts/directories', {
                model_id: owner.id,
                artifact_directory_path: path || undefined,
                page_token,
              }),
        (page) => page.files as FileInfo[] | undefined,
      ),
  })

/** Returns the address at which the content of a file can be fetched. */
export const fileAddress = (owner: Owner, path: string) =>
  owner.kind === 'run'
    ? `get-artifact?run_id=${encodeURIComponent(owner.id)}&path=${encodeURIComponent(path)}`
    : `ajax-api/2.0/mlflow/logged-models/${encodeURIComponent(owner.id)}/artifacts/files?artifact_file_path=${encodeURIComponent(path)}`

/**
 * Fetches the text of a file up to a number of bytes. The rest is not transferred.
 *
 * @returns the text, and whether the file is longer
 */
export async function fetchBeginning(address: string, maxBytes: number): Promise<{ text: string; cut: boolean }> {
  const response = await send(address)
  if (!response.ok) throw errorOf(response.status, (await response.text()).slice(0, 5000))
  const reader = response.body!.getReader()
  const decoder = new TextDecoder()
  let text = ''
  let taken = 0
  for (;;) {
    const { done, value } = await reader.read()
    if (done) return { text: text + decoder.decode(), cut: false }
    const room = maxBytes - taken
    text += decoder.decode(value.subarray(0, room), { stream: true })
    taken += value.length
    if (value.length > room) {
      await reader.cancel()
      return { text, cut: true }
    }
  }
}
