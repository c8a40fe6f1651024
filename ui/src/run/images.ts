import type { QueryClient } from '@tanstack/react-query'
import { files, type Owner } from '../api/queries'

export const IMAGE = /\.(png|jpe?g|gif|webp|bmp|svg)$/i
/** Deeper, and in more folders beside each other, nobody looks for images. */
const DEPTH = 3
const FOLDERS = 12

/** The paths of the images among a run's files; models are not looked into. */
export async function imagesOf(client: QueryClient, owner: Owner): Promise<string[]> {
  const within = async (path: string, depth: number): Promise<string[]> => {
    const list = await client.fetchQuery({ ...files(owner, path), staleTime: 30_000 })
    const folders = list.filter((file) => file.is_dir && depth > 0 && !/(^|\/)models?$/.test(file.path)).slice(0, FOLDERS)
    const deeper = await Promise.all(folders.map((file) => within(file.path, depth - 1)))
    return [...list.filter((file) => !file.is_dir && IMAGE.test(file.path)).map((file) => file.path), ...deeper.flat()]
  }
  return (await within('', DEPTH)).sort((a, b) => a.localeCompare(b, undefined, { numeric: true }))
}
