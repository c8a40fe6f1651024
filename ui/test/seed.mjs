// Fills a server with experiments as teams have them, through the API and always the same: `node test/seed.mjs http://127.0.0.1:5000 [runs]`.
import { readFileSync } from 'node:fs'
import { crc32, deflateSync } from 'node:zlib'

/** A small generator of numbers that look random and are the same each time. */
export function random(seed) {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296
  }
}

/** @param user who signs in, as username and password, where people do */
export function api(base, user) {
  const signed = user && {
    Authorization: `Basic ${Buffer.from(`${user.username}:${user.password}`).toString('base64')}`,
  }
  const call = async (method, path, body) => {
    const response = await fetch(`${base}/api/${/^\d\.\d\//.test(path) ? '' : '2.0/'}${path}`, {
      method,
      headers: { 'Content-Type': 'application/json', ...signed },
      body: body && JSON.stringify(body),
    })
    const text = await response.text()
    if (!response.ok) throw new Error(`${path}: ${response.status} ${text}`)
    return text ? JSON.parse(text) : {}
  }
  return { post: (path, body) => call('POST', path, body), get: (path) => call('GET', path), call, base }
}

export async function pool(count, width, work) {
  let next = 0
  await Promise.all(
    Array.from({ length: width }, async () => {
      while (next < count) await work(next++)
    }),
  )
}

const START = Date.UTC(2026, 10, 16, 9)
const ADJECTIVES = ['calm', 'brisk', 'amber', 'quiet', 'lucid', 'bold', 'mellow', 'vivid', 'keen', 'wise']
const NOUNS = ['heron', 'cedar', 'comet', 'maple', 'otter', 'raven', 'tide', 'finch', 'grove', 'lynx']

/** Many runs of a random search: a few params, a few metrics of one point each. */
export async function sweep(client, name, runs) {
  const r = random(7)
  const { experiment_id } = await client.post('mlflow/experiments/create', {
    name,
    tags: [{ key: 'team', value: 'vision' }],
  })
  await pool(runs, 48, async (i) => {
    const depth = 2 + Math.floor(r() * 10)
    const rate = 10 ** (-4 + 3 * r())
    const model = ['rf', 'gbc', 'svm', 'mlp'][Math.floor(r() * 4)]
    const accuracy = Math.min(
      0.999,
      0.62 +
        0.22 * Math.exp(-((Math.log10(rate) + 2.2) ** 2)) +
        0.012 * depth +
        { rf: 0.02, gbc: 0.035, svm: -0.03, mlp: 0 }[model] +
        0.03 * (r() - 0.5),
    )
    const start = START + i * 41_000
    const { run } = await client.post('mlflow/runs/create', {
      experiment_id,
      run_name: `${ADJECTIVES[i % 10]}-${NOUNS[Math.floor(i / 10) % 10]}-${i}`,
      start_time: start,
      user_id: ['sato', 'tanaka', 'suzuki'][i % 3],
    })
    await client.post('mlflow/runs/log-batch', {
      run_id: run.info.run_id,
      metrics: [
        ['accuracy', accuracy],
        ['f1_macro', accuracy - 0.01 - 0.02 * r()],
        ['log_loss', 1.4 - 1.2 * accuracy + 0.05 * r()],
        ['fit_seconds', depth * 3 + 20 * r()],
      ].map(([key, value]) => ({ key, value, timestamp: start + 30_000, step: 0 })),
      params: [
        ['model', model],
        ['max_depth', depth],
        ['learning_rate', rate.toPrecision(3)],
        ['n_estimators', 50 * (1 + Math.floor(r() * 8))],
        ['random_state', 42],
      ].map(([key, value]) => ({ key, value: String(value) })),
      tags: [
        { key: 'mlflow.source.name', value: 'train.py' },
        { key: 'mlflow.user', value: 'sato' },
        { key: 'dataset', value: i % 5 ? 'v2' : 'v1' },
      ],
    })
    await client.post('mlflow/runs/update', {
      run_id: run.info.run_id,
      status: i % 37 === 5 ? 'FAILED' : 'FINISHED',
      end_time: start + Math.round(10_000 + 60_000 * r()),
    })
  })
  return experiment_id
}

/** Runs with long curves, nested in one parent; the last one is still running. */
export async function training(client, name, runs, steps) {
  const r = random(11)
  const { experiment_id } = await client.post('mlflow/experiments/create', { name })
  const now = Date.now()
  const parent = (
    await client.post('mlflow/runs/create', {
      experiment_id,
      run_name: 'sweep',
      start_time: now - 3_600_000,
      user_id: 'tanaka',
    })
  ).run.info.run_id
  const made = []
  for (let i = 0; i < runs; i++) {
    const start = now - 3_000_000 + i * 120_000
    const rate = [0.001, 0.003, 0.01, 0.03][i % 4]
    const tags = [
      { key: 'mlflow.source.name', value: 'train_net.py' },
      ...(i % 3 === 0 ? [{ key: 'mlflow.parentRunId', value: parent }] : []),
    ]
    const { run } = await client.post('mlflow/runs/create', {
      experiment_id,
      run_name: `net-${i + 1}`,
      start_time: start,
      user_id: 'tanaka',
      tags,
    })
    const run_id = run.info.run_id
    made.push(run_id)
    await client.post('mlflow/runs/log-batch', {
      run_id,
      params: [
        ['learning_rate', rate],
        ['batch_size', [32, 64, 128][i % 3]],
        ['optimizer', i % 2 ? 'adam' : 'sgd'],
        ['epochs', 50],
      ].map(([key, value]) => ({ key, value: String(value) })),
    })
    const last = i === runs - 1 ? Math.floor(steps * 0.6) : steps
    for (let from = 0; from < last; from += 200) {
      const metrics = []
      for (let step = from; step < Math.min(last, from + 200); step++) {
        const x = step / steps
        const loss = 0.08 + i * 0.006 + 2.2 * Math.exp(-x * (4 + 120 * rate)) + 0.06 * (r() - 0.5) * (1.2 - x)
        metrics.push(
          ['train_loss', loss],
          ['val_loss', loss * 1.12 + 0.05 * x + 0.03 * r()],
          ['val_accuracy', Math.min(0.995, 1 - loss / 2.6)],
          ['lr', (rate * (1 + Math.cos(Math.PI * x))) / 2],
        )
        metrics.slice(-4).forEach((metric) => metric.push(start + step * 700, step))
      }
      await client.post('mlflow/runs/log-batch', {
        run_id,
        metrics: metrics.map(([key, value, timestamp, step]) => ({ key, value, timestamp, step })),
      })
    }
    await client.post('mlflow/runs/log-batch', {
      run_id,
      metrics: Array.from({ length: 120 }, (_, k) =>
        [
          ['system/cpu_utilization_percentage', 55 + 25 * Math.sin(k / 9) + 8 * r()],
          ['system/system_memory_usage_megabytes', 5200 + 6 * k],
        ].map(([key, value]) => ({ key, value, timestamp: start + k * 1000, step: k })),
      ).flat(),
    })
    if (i < runs - 1)
      await client.post('mlflow/runs/update', { run_id, status: 'FINISHED', end_time: start + steps * 700 })
  }
  await client.post('mlflow/runs/update', { run_id: parent, status: 'FINISHED', end_time: now })
  return { experiment_id, parent, runs: made }
}

export async function upload(client, run_id, path, content) {
  const response = await fetch(
    `${client.base}/ajax-api/2.0/mlflow/upload-artifact?run_uuid=${run_id}&path=${encodeURIComponent(path)}`,
    { method: 'POST', body: content },
  )
  if (!response.ok) throw new Error(`upload ${path}: ${response.status} ${await response.text()}`)
}

/** A small picture as PNG: a blob that moves and sharpens with t from 0 to 1. */
export function picture(t, hue, size = 96) {
  const rows = Buffer.alloc(size * (size * 3 + 1))
  for (let y = 0; y < size; y++) {
    for (let x = 0; x < size; x++) {
      const d = ((x - size * (0.25 + t / 2)) ** 2 + (y - size / 2) ** 2) / (size * size * (0.12 - 0.09 * t))
      const value = Math.exp(-d) * (0.75 + 0.25 * t)
      for (let c = 0; c < 3; c++)
        rows[y * (size * 3 + 1) + 1 + x * 3 + c] = 255 * Math.min(1, value * [1, 0.75, 0.4][(c + hue) % 3] + 0.06)
    }
  }
  const chunk = (type, data) => {
    const body = Buffer.concat([Buffer.from(type), data])
    const out = Buffer.alloc(body.length + 8)
    out.writeUInt32BE(data.length)
    body.copy(out, 4)
    out.writeUInt32BE(crc32(body), body.length + 4)
    return out
  }
  const head = Buffer.alloc(13)
  head.writeUInt32BE(size)
  head.writeUInt32BE(size, 4)
  head.set([8, 2, 0, 0, 0], 8)
  return Buffer.concat([
    Buffer.from('89504e470d0a1a0a', 'hex'),
    chunk('IHDR', head),
    chunk('IDAT', deflateSync(rows)),
    chunk('IEND', Buffer.alloc(0)),
  ])
}

/** Images as `mlflow.log_image(image, key=…, step=…)` names them. */
export async function imageSteps(client, run_id, key, steps, hue) {
  for (const [i, step] of steps.entries()) {
    const name = `images/${key}+step+${step}+timestamp+${START + step * 1000}+0f8fad5b-d9cb-469f-a165-70867728950${i % 10}`
    await upload(client, run_id, `${name}.png`, picture(i / Math.max(1, steps.length - 1), hue))
    await upload(client, run_id, `${name}+compressed.webp`, picture(i / Math.max(1, steps.length - 1), hue, 32))
  }
}

/** Artifacts of each kind that has a preview, a hostile page among them. */
export async function artifacts(client, run_id) {
  const model = `artifact_path: model
flavors:
  python_function:
    env:
      conda: conda.yaml
      virtualenv: python_env.yaml
    loader_module: mlflow.sklearn
    model_path: model.pkl
    python_version: 3.11.9
  sklearn:
    code: null
    pickled_model: model.pkl
    serialization_format: cloudpickle
    sklearn_version: 1.9.0
mlflow_version: 3.17.2
model_size_bytes: 2417
model_uuid: 0b7bd4a1c4cb4bd7a7a2a30f6a3e1a11
run_id: ${run_id}
signature:
  inputs: '[{"type": "double", "name": "sepal_length", "required": true}, {"type": "double", "name": "sepal_width", "required": true}, {"type": "double", "name": "petal_length", "required": true}, {"type": "double", "name": "petal_width", "required": true}]'
  outputs: '[{"type": "long", "required": true}]'
  params: null
utc_time_created: '2026-11-20 09:14:02.120000'
`
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 320 200"><rect width="320" height="200" fill="#fff"/>${Array.from({ length: 9 }, (_, i) => `<rect x="${60 + 70 * (i % 3)}" y="${12 + 58 * Math.floor(i / 3)}" width="68" height="56" fill="hsl(218 60% ${i % 4 === 0 ? 38 : 92}%)"/><text x="${94 + 70 * (i % 3)}" y="${45 + 58 * Math.floor(i / 3)}" font-family="sans-serif" font-size="15" text-anchor="middle" fill="${i % 4 === 0 ? '#fff' : '#345'}">${i % 4 === 0 ? 14 + i : i % 2}</text>`).join('')}<script>document.title='hacked'</script></svg>`
  await upload(client, run_id, 'plots/confusion_matrix.svg', svg)
  await upload(client, run_id, 'model/MLmodel', model)
  await upload(client, run_id, 'model/requirements.txt', 'mlflow==3.17.2\nscikit-learn==1.9.0\n')
  await upload(
    client,
    run_id,
    'predictions.csv',
    'id,truth,predicted,score\n' +
      Array.from(
        { length: 60 },
        (_, i) => `${i},${i % 3},${i % 7 === 0 ? (i + 1) % 3 : i % 3},${(0.6 + (i % 40) / 100).toFixed(2)}`,
      ).join('\n'),
  )
  await upload(
    client,
    run_id,
    'summary.json',
    JSON.stringify({ accuracy: 0.967, classes: ['setosa', 'versicolor', 'virginica'] }),
  )
  await upload(
    client,
    run_id,
    'notes.md',
    '# Notes\n\nThe **best** run so far; see [the data](https://example.com).\n\n- seeds fixed\n- early stopping\n',
  )
  await upload(
    client,
    run_id,
    'report.html',
    '<h1>Report</h1><p>All good.</p><script>parent.document.title = "hacked"; document.body.innerHTML = "hacked"</script><img src=x onerror="parent.document.title=\'hacked\'">',
  )
  for (const name of ['snappy', 'zstd'])
    await upload(
      client,
      run_id,
      `data/${name}.parquet`,
      readFileSync(new URL(`files/${name}.parquet`, import.meta.url)),
    )
  await upload(
    client,
    run_id,
    'data/large.csv',
    'id,value\n' + Array.from({ length: 90_000 }, (_, i) => `${i},${(i * 7919) % 1000}`).join('\n'),
  )
  await upload(
    client,
    run_id,
    'log.txt',
    Array.from({ length: 80 }, (_, i) => `epoch ${i}: loss ${(1 / (i + 1)).toFixed(4)}`).join('\n'),
  )
}

export async function registry(client, runIds) {
  const name = 'iris-classifier'
  await client.post('mlflow/registered-models/create', {
    name,
    description: 'Predicts the species of an iris. Owned by team vision.',
    tags: [{ key: 'owner', value: 'vision' }],
  })
  for (const [i, run_id] of runIds.slice(0, 4).entries()) {
    const { run } = await client.get(`mlflow/runs/get?run_id=${run_id}`)
    await client.post('mlflow/model-versions/create', {
      name,
      source: `${run.info.artifact_uri}/model`,
      run_id,
      description: i === 2 ? 'Random forest baseline' : undefined,
      tags: [{ key: 'validation_status', value: i > 1 ? 'approved' : 'pending' }],
    })
  }
  await client.post('mlflow/registered-models/alias', { name, alias: 'champion', version: '3' })
  await client.post('mlflow/registered-models/alias', { name, alias: 'challenger', version: '4' })
  await client.post('mlflow/model-versions/transition-stage', {
    name,
    version: '3',
    stage: 'Production',
    archive_existing_versions: true,
  })
  await client.post('mlflow/registered-models/create', { name: 'churn-predictor' })
  return name
}

/** Everything, once: what tests and screenshots look at. */
export async function seed(base, runs) {
  const client = api(base)
  const net = await training(client, 'pytorch-classification', 12, 1000)
  await client.post('mlflow/runs/set-tag', {
    run_id: net.runs[3],
    key: 'mlflow.note.content',
    value: '## Baseline\n\nCosine schedule, **no augmentation**. Compare with `net-5`.',
  })
  await artifacts(client, net.runs[3])
  await imageSteps(client, net.runs[3], 'attention', [0, 100, 200, 300, 400], 0)
  await imageSteps(client, net.runs[4], 'attention', [0, 200, 400], 1)
  await client.post('mlflow/runs/log-inputs', {
    run_id: net.runs[3],
    datasets: [
      {
        dataset: {
          name: 'iris',
          digest: 'a1b2c3d4',
          source_type: 'local',
          source: '{"uri": "s3://data/iris.csv"}',
          schema: '{"mlflow_colspec": []}',
          profile: '{"num_rows": 150}',
        },
        tags: [{ key: 'mlflow.data.context', value: 'training' }],
      },
    ],
  })
  const name = await registry(client, net.runs.slice(2))
  const search = await sweep(client, 'iris-classification', runs)
  for (const other of ['sentiment-analysis', 'demand-forecast', 'distributed-training'])
    await client.post('mlflow/experiments/create', { name: other })
  return {
    training: net.experiment_id,
    run: net.runs[3],
    runs: net.runs,
    parent: net.parent,
    sweep: search,
    model: name,
  }
}

if (process.argv[1] === new URL(import.meta.url).pathname) {
  const began = Date.now()
  console.log(JSON.stringify(await seed(process.argv[2], Number(process.argv[3] ?? 1000))), `${Date.now() - began} ms`)
}
