import type { QueryClient } from '@tanstack/react-query'
import { files } from '../api/artifacts'
import { type Owner } from '../api/types'

const IMAGE = /\.(png|jpe?g|gif|webp|bmp|svg)$/i
/** The depth and the number of folders in a folder to which images are searched. */
const DEPTH = 3
const FOLDERS = 12

/** Returns the paths of a run's images. Folders of models are not searched. */
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

/** The images that were logged under one key, by step. */
export interface ImageSeries {
  key: string
  steps: { step: number; timestamp: number; path: string }[]
}

/** images/KEY+step+N+timestamp+T+UUID.png, and a compressed copy; older clients write % instead of +. */
const STEP = /^images\/(.+)([+%])step\2(-?\d+)\2timestamp\2(\d+)\2[^+%]+?(\2compressed)?\.\w+$/

/** Separates the images of `mlflow.log_image(…, key=…, step=…)`, grouped by key and ordered by step, from all others. */
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
    // The compressed copy is used only if the image itself is missing.
    if (!found[5] || !steps.has(moment))
      steps.set(moment, { step: Number(found[3]), timestamp: Number(found[4]), path })
  }
  const series = [...keys].map(([key, steps]) => ({
    key,
    steps: [...steps.values()].sort((a, b) => a.step - b.step || a.timestamp - b.timestamp),
  }))
  return { series: series.sort((a, b) => a.key.localeCompare(b.key)), others }
}

/** Returns the latest image at a step; undefined if there was none yet. */
export const imageAt = (series: ImageSeries | undefined, step: number) =>
  series?.steps.findLast((one) => one.step <= step)
