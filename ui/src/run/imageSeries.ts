import type { QueryClient } from '@tanstack/react-query'
import { files, type Owner } from '../api/queries'

const IMAGE = /\.(png|jpe?g|gif|webp|bmp|svg)$/i
/** Deeper, and in more folders beside each other, nobody looks for images. */
const DEPTH = 3
const FOLDERS = 12

/** The paths of the images among a run's files; models are not looked into. */
export async function imagesOf(client: QueryClient, owner: Owner): Promise<string[]> {
  const within = async (path: string, depth: number): Promise<string[]> => {
    const list = await client.query({ ...files(owner, path), staleTime: 30_000 })
    const folders = list
      .filter((file) => file.is_dir && depth > 0 && !/(^|\/)models?$/.test(file.path))
      .slice(0, FOLDERS)
    const deeper = await Promise.all(folders.map((file) => within(file.path, depth - 1)))
    return [...list.filter((file) => !file.is_dir && IMAGE.test(file.path)).map((file) => file.path), ...deeper.flat()]
  }
  return (await within('', DEPTH)).sort((a, b) => a.localeCompare(b, undefined, { numeric: true }))
}

/** Images that were logged under one key, step after step. */
export interface ImageSeries {
  key: string
  steps: { step: number; timestamp: number; path: string }[]
}

/** images/KEY+step+N+timestamp+T+UUID.png, and a smaller copy beside it; older clients write % for +. */
const STEP = /^images\/(.+)([+%])step\2(-?\d+)\2timestamp\2(\d+)\2[^+%]+?(\2compressed)?\.\w+$/

/** Sorts images into those that `mlflow.log_image(…, key=…, step=…)` wrote, by key and step, and all others. */
export function seriesOfImages(paths: string[]): { series: ImageSeries[]; others: string[] } {
  const keys = new Map<string, Map<string, ImageSeries['steps'][number]>>()
  const others: string[] = []
  for (const path of paths) {
    const found = STEP.exec(path)
    if (!found) {
      others.push(path)
      continue
    }
    const key = found[1]!.replace(/[~#]/g, '/')
    const steps = keys.get(key) ?? new Map<string, ImageSeries['steps'][number]>()
    keys.set(key, steps)
    const moment = `${found[3]} ${found[4]}`
    // The small copy stands in only where there is no other.
    if (!found[5] || !steps.has(moment))
      steps.set(moment, { step: Number(found[3]), timestamp: Number(found[4]), path })
  }
  const series = [...keys].map(([key, steps]) => ({
    key,
    steps: [...steps.values()].sort((a, b) => a.step - b.step || a.timestamp - b.timestamp),
  }))
  return { series: series.sort((a, b) => a.key.localeCompare(b.key)), others }
}

/** The image that was newest at a step, if there was one yet. */
export const imageAt = (series: ImageSeries | undefined, step: number) =>
  series?.steps.findLast((one) => one.step <= step)
