import pandas as pd, json, os, sys
root=sys.argv[1]
rows=[{"_step":i,"_timestamp":1700000000.5+i,"_runtime":i,"loss":1/(i+1) if i%2==0 else None,"val.acc":i/10,"note":"a, \"b\"\nc","flag":i%2==0} for i in range(10)]
df=pd.DataFrame(rows)
for fmt in ("csv","jsonl","json","parquet"):
    d=os.path.join(root,fmt); os.makedirs(d,exist_ok=True)
    json.dump({"source":"wandb","entity":"team","project":"vision","id":"run-"+fmt,"name":fmt,"state":"crashed","start_time":"2023-11-14T22:13:20Z","url":"https://wandb.ai/team/vision/runs/run-"+fmt,"user":"ann","notes":"a note","tags":["b","a"],"params":{"lr":1e-5,"opt":{"name":"adam"}},"summary":{"best":"yes"}}, open(os.path.join(d,"kiroku-run.json"),"w"))
    f=os.path.join(d,"history."+fmt)
    if fmt=="csv": df.to_csv(f,index=False)
    elif fmt=="jsonl": df.to_json(f,orient="records",lines=True)
    elif fmt=="json": df.to_json(f,orient="records")
    else: df.to_parquet(f)
