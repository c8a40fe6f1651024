import { queryOptions } from '@tanstack/react-query'
import { get, send } from '../api/client'

/** A report; without its content where several are listed. */
export interface Report {
  report_id: string
  title: string
  content?: string
  version: number
  author: string
  creation_timestamp: number
  last_update_timestamp: number
}

const all = async (path: string, query: Record<string, string | number | undefined>) => {
  const found: Report[] = []
  let token: string | undefined
  do {
    const page: { reports?: Report[]; next_page_token?: string } = await get(path, {
      ...query,
      max_results: 500,
      page_token: token,
    })
    found.push(...(page.reports ?? []))
    token = page.next_page_token
  } while (token)
  return found
}

export const reports = (containing: string) =>
  queryOptions({
    queryKey: ['reports', containing],
    queryFn: () => all('kiroku/reports/search', { containing: containing || undefined }),
  })

export const reportVersions = (id: string) =>
  queryOptions({ queryKey: ['report-versions', id], queryFn: () => all('kiroku/reports/versions', { report_id: id }) })

export const fetchReport = async (id: string, version?: number) =>
  (await get<{ report: Report }>('kiroku/reports/get', { report_id: id, version })).report
export const report = (id: string, version?: number) =>
  queryOptions({ queryKey: ['report', id, version], queryFn: () => fetchReport(id, version) })

export const createReport = async (title: string, content: string) =>
  (await send<{ report: Report }>('kiroku/reports/create', { title, content })).report
export const updateReport = async (id: string, title: string, content: string, expected: number) =>
  (
    await send<{ report: Report }>('kiroku/reports/update', {
      report_id: id,
      title,
      content,
      expected_version: expected,
    })
  ).report
export const deleteReport = (id: string, expected: number) =>
  send('kiroku/reports/delete', { report_id: id, expected_version: expected })
