package dev.kiroku.conformance.cases;

import static dev.kiroku.conformance.ConformanceScenario.scenario;

import dev.kiroku.conformance.ConformanceScenario;
import java.util.List;

/** Search of runs: comparators, quoting, order, paging, and invalid filters. */
public final class SearchCases {
    private SearchCases() {}

    public static List<ConformanceScenario> all() {
        return List.of(
                comparators(),
                attributes(),
                quoting(),
                lists(),
                order(),
                pages(),
                severalExperiments(),
                mistakes(),
                experiments());
    }

    /** Five runs with params, tags and metrics that are partly missing, NaN or infinite. */
    private static ConformanceScenario runs(ConformanceScenario scenario) {
        return scenario.run("alpha", 1000)
                .run("beta", 2000)
                .run("gamma", 3000)
                .run("delta", 4000)
                .run("epsilon", 4500)
                .post(
                        "runs/log-batch",
                        "{'run_id': '${alpha}', 'metrics': [{'key': 'acc', 'value': 0.5, 'timestamp': 1, 'step': 1},"
                                + " {'key': 'my metric', 'value': 1, 'timestamp': 1}], 'params': [{'key': 'lr', 'value': '0.1'}, {'key': 'kind', 'value': 'Tree'}],"
                                + " 'tags': [{'key': 'team', 'value': 'vision'}, {'key': 'dotted.key', 'value': 'a'}]}")
                .post(
                        "runs/log-batch",
                        "{'run_id': '${beta}', 'metrics': [{'key': 'acc', 'value': 0.9, 'timestamp': 1, 'step': 1}],"
                                + " 'params': [{'key': 'lr', 'value': '0.01'}, {'key': 'kind', 'value': 'tree'}], 'tags': [{'key': 'team', 'value': 'Vision'}]}")
                .post(
                        "runs/log-batch",
                        "{'run_id': '${gamma}', 'metrics': [{'key': 'acc', 'value': 'NaN', 'timestamp': 1, 'step': 1}],"
                                + " 'params': [{'key': 'kind', 'value': '100%'}], 'tags': [{'key': 'team', 'value': 'it\\u0027s'}]}")
                .post(
                        "runs/log-batch",
                        "{'run_id': '${delta}', 'metrics': [{'key': 'acc', 'value': '-Infinity', 'timestamp': 1, 'step': 1}],"
                                + " 'params': [{'key': 'kind', 'value': 'fo_rest'}]}")
                .post("runs/update", "{'run_id': '${beta}', 'status': 'FINISHED', 'end_time': 5000}");
    }

    private static ConformanceScenario comparators() {
        return runs(scenario("comparators").experiment("search-comparators"))
                .search("metrics.acc > 0.5")
                .search("metrics.acc >= 0.5")
                .search("metrics.acc < 0.9")
                .search("metrics.acc <= 0.9")
                .search("metrics.acc = 0.5")
                .search("metrics.acc != 0.5")
                .search("metrics.acc == 0.5")
                .search("metrics.acc > -1e3")
                .search("metric.acc > 0.1 and params.lr = '0.1'")
                .search("metrics.acc > 0.1 AND params.kind LIKE 'T%' AND tags.team ILIKE 'VIS%'")
                .search("params.kind = 'tree'")
                .search("params.kind != 'tree'")
                .search("params.kind LIKE 'tree'")
                .search("params.kind ILIKE 'tree'")
                .search("params.kind LIKE '%e%'")
                .search("params.kind LIKE 'fo_rest'")
                .search("params.kind LIKE '100%'")
                .search("params.kind like 'T___'")
                .search("parameters.lr = '0.1'")
                .search("param.lr = '0.1'")
                .search("tags.team = 'vision'")
                .search("tag.team != 'vision'")
                .search("tags.team LIKE '%sion'")
                .search("params.nothing = 'x'")
                .search("params.nothing != 'x'")
                .search("params.lr IS NULL")
                .search("params.lr IS NOT NULL")
                .search("tags.team IS NULL")
                .search("tags.team IS NOT NULL and params.lr is null")
                .search("metrics.acc IS NULL");
    }

    private static ConformanceScenario attributes() {
        return runs(scenario("attributes").experiment("search-attributes"))
                .search("attributes.status = 'RUNNING'")
                .search("status = 'FINISHED'")
                .search("attribute.status != 'FINISHED'")
                .search("attr.status LIKE 'FIN%'")
                .search("run.status = 'FINISHED'")
                .search("attributes.run_name = 'alpha'")
                .search("run_name LIKE '%ta'")
                .search("`run name` = 'alpha'")
                .search("attributes.`Run name` = 'alpha'")
                .search("name = 'alpha'")
                .search("run_id = '${alpha}'")
                .search("run_id != '${alpha}'")
                .search("attributes.run_id IN ('${alpha}', '${beta}')")
                .search("attributes.run_id NOT IN ('${alpha}', '${beta}')")
                .search("start_time > 2000")
                .search("attributes.start_time <= 2000")
                .search("created = 1000")
                .search("Created > 1000")
                .search("end_time = 5000")
                .search("end_time != 5000")
                .search("user_id = 'nobody'")
                .search("artifact_uri LIKE '%artifacts'")
                .search("start_time > '2000'")
                .search("start_time IN (1000, 2000)")
                .search("start_time LIKE '1%'")
                .search("lifecycle_stage = 'active'")
                .search("experiment_id = '0'")
                .search("status > 'A'")
                .search("attributes.nothing = 'x'");
    }

    private static ConformanceScenario quoting() {
        return runs(scenario("quoting").experiment("search-quoting"))
                .search("metrics.\"my metric\" = 1")
                .search("metrics.`my metric` = 1")
                .search("metrics.'my metric' = 1")
                .search("tags.`dotted.key` = 'a'")
                .search("tags.dotted.key = 'a'")
                .search("tags.\"team\" = \"vision\"")
                .search("tags.team = \"it's\"")
                .search("tags.team = 'it''s'")
                .search("tags.team = 'it\\'s'")
                .search("params.kind = '  tree '")
                .search("  params.kind='tree'  ")
                .search("params.kind = 'tree' and\n params.lr = '0.01'")
                .search("")
                .search("   ")
                .search("params.kind = ''")
                .search("metrics.größe = 1")
                .search("params.kind = '🧪'");
    }

    private static ConformanceScenario lists() {
        return runs(scenario("lists").experiment("search-lists"))
                .search("params.kind IN ('tree', 'Tree')")
                .search("params.kind NOT IN ('tree')")
                .search("tags.team IN ('vision')")
                .search("run_name IN ('alpha', 'beta')")
                .search("run_id IN ()")
                .search("run_id IN ('${alpha}'")
                .search("run_id IN '${alpha}'")
                .search("run_id IN (1, 2)")
                .search("run_id IN ('${alpha}',)")
                .search("status IN ('RUNNING')");
    }

    private static ConformanceScenario order() {
        return runs(scenario("order").experiment("search-order"))
                .search("")
                .search("", "metrics.acc")
                .search("", "metrics.acc ASC")
                .search("", "metrics.acc DESC")
                .search("", "metric.acc desc", "start_time ASC")
                .search("", "params.lr ASC")
                .search("", "params.lr DESC")
                .search("", "params.kind ASC")
                .search("", "tags.team DESC")
                .search("", "start_time ASC", "run_name DESC")
                .search("", "start_time DESC", "run_name ASC")
                .search("", "attributes.end_time DESC")
                .search("", "attributes.end_time ASC", "run_name")
                .search("", "status ASC", "run_name ASC")
                .search("", "run_name")
                .search("", "`Run name` DESC")
                .differs("MLflow knows this name in a filter only; Kiroku also in an order.")
                .search("", "metrics.`my metric` DESC", "run_name ASC")
                .search("", "metrics.nothing DESC", "run_name ASC")
                .search("", "metrics.acc UP")
                .search("", "acc")
                .search("", "nothing.acc")
                .search("", "")
                .search("", "metrics.acc, start_time")
                .search("", "attributes.nothing")
                .search("", "metrics.acc DESC DESC");
    }

    private static ConformanceScenario pages() {
        return runs(scenario("pages").experiment("search-pages"))
                .post("runs/search", "{'experiment_ids': ['${exp}'], 'max_results': 2, 'order_by': ['run_name']}")
                .save("token", "next_page_token")
                .post(
                        "runs/search",
                        "{'experiment_ids': ['${exp}'], 'max_results': 2, 'order_by': ['run_name'], 'page_token': '${token}'}")
                .save("token", "next_page_token")
                .post(
                        "runs/search",
                        "{'experiment_ids': ['${exp}'], 'max_results': 2, 'order_by': ['run_name'], 'page_token': '${token}'}")
                .post(
                        "runs/search",
                        "{'experiment_ids': ['${exp}'], 'max_results': 3, 'order_by': ['metrics.acc DESC', 'run_name']}")
                .save("token", "next_page_token")
                .post(
                        "runs/search",
                        "{'experiment_ids': ['${exp}'], 'max_results': 3, 'order_by': ['metrics.acc DESC', 'run_name'], 'page_token': '${token}'}")
                .post("runs/search", "{'experiment_ids': ['${exp}'], 'max_results': 5}")
                .post("runs/search", "{'experiment_ids': ['${exp}'], 'page_token': 'nonsense'}")
                .post("runs/search", "{'experiment_ids': ['${exp}'], 'page_token': ''}")
                .post("runs/search", "{'experiment_ids': ['${exp}'], 'page_token': 'eyJvZmZzZXQiOiAtNX0='}")
                .differs("MLflow's tokens are offsets that anyone can write, negative ones too; Kiroku's are its own.")
                .post("runs/search", "{'experiment_ids': ['${exp}'], 'max_results': 0}")
                .post("runs/search", "{'experiment_ids': ['${exp}'], 'max_results': -1}")
                .post("runs/search", "{'experiment_ids': ['${exp}'], 'max_results': 50000}")
                .post("runs/search", "{'experiment_ids': ['${exp}'], 'max_results': 50001}");
    }

    private static ConformanceScenario severalExperiments() {
        return scenario("several experiments")
                .experiment("search-other")
                .run("far", 10)
                .post("experiments/create", "{'name': 'search-near'}")
                .save("near", "experiment_id")
                .post("runs/create", "{'experiment_id': '${near}', 'run_name': 'near', 'start_time': 20}")
                .post("runs/search", "{'experiment_ids': ['${exp}', '${near}'], 'order_by': ['start_time']}")
                .post("runs/search", "{'experiment_ids': ['${near}', '${near}']}")
                .post("runs/search", "{'experiment_ids': []}")
                .post("runs/search", "{}")
                .post("runs/search", "{'experiment_ids': ['987654321']}")
                .post("runs/search", "{'experiment_ids': ['abc']}");
    }

    private static ConformanceScenario mistakes() {
        return scenario("filters that are wrong")
                .experiment("search-mistakes")
                .run("run", 5)
                .search("metrics.acc > ")
                .search("metrics.acc")
                .search("> 5")
                .search("metrics.acc > 'text'")
                .search("metrics.acc LIKE 'x'")
                .search("metrics.acc IN (1)")
                .search("params.a > 'x'")
                .search("params.a = 5")
                .search("params.a = x")
                .search("params.a = 'unclosed")
                .search("params.`a = 'x'")
                .search("params. = 'x'")
                .search("params = 'x'")
                .search("nothing.a = 'x'")
                .search("nothing = 'x'")
                .search("params.a = 'x' or params.b = 'y'")
                .search("(params.a = 'x')")
                .search("not params.a = 'x'")
                .search("params.a = 'x' and")
                .search("and params.a = 'x'")
                .search("params.a = 'x' params.b = 'y'")
                .search("params.a = 'x';")
                .search("params.a === 'x'")
                .search("params.a <> 'x'")
                .search("params.a = params.b")
                .search("'x' = params.a")
                .search("metrics.acc > 1 -- comment")
                .search("metrics.acc > 0x10")
                .search("metrics.acc > 1e400")
                .search("metrics.acc > NaN")
                .search("params.a IS")
                .search("params.a IS 5")
                .search("params.a NOT LIKE 'x'")
                .search("1 = 1")
                .search("a".repeat(5000));
    }

    private static ConformanceScenario experiments() {
        return scenario("search of experiments")
                .post("experiments/create", "{'name': 'SE-a', 'tags': [{'key': 'se', 'value': 'one'}]}")
                .save("a", "experiment_id")
                .post(
                        "experiments/create",
                        "{'name': 'SE-b', 'tags': [{'key': 'se', 'value': 'One'}, {'key': 'my key', 'value': 'x'}]}")
                .save("b", "experiment_id")
                .post("experiments/create", "{'name': 'SE-c', 'tags': [{'key': 'se', 'value': 'two'}]}")
                .save("c", "experiment_id")
                .post("experiments/delete", "{'experiment_id': '${c}'}")
                .post("experiments/search", experiments("name LIKE 'SE-%'", "name ASC"))
                .post("experiments/search", experiments("name LIKE 'SE-%'", "name DESC"))
                .post("experiments/search", experiments("attribute.name ILIKE 'se-%'", "experiment_id ASC"))
                .post("experiments/search", experiments("name = 'SE-a'", "last_update_time"))
                .post("experiments/search", experiments("name != 'SE-a' AND name LIKE 'SE-%'", "name"))
                .post("experiments/search", experiments("tags.se = 'one'", "name"))
                .post("experiments/search", experiments("tags.se ILIKE 'one'", "name"))
                .post("experiments/search", experiments("tag.se LIKE 'O%'", "name"))
                .post("experiments/search", experiments("tags.`my key` = 'x'", "name"))
                .post("experiments/search", experiments("tags.se != 'one'", "name"))
                .post("experiments/search", experiments("creation_time > 0 and name like 'SE-%'", "creation_time ASC"))
                .differsFrom(
                        "3.17.2", "Kiroku takes the words of the language in any case, for experiments as for runs.")
                .post(
                        "experiments/search",
                        experiments("name LIKE 'SE-%'", "name")
                                .replace("'filter'", "'view_type': 'DELETED_ONLY', 'filter'"))
                .post(
                        "experiments/search",
                        experiments("name LIKE 'SE-%'", "name").replace("'filter'", "'view_type': 'ALL', 'filter'"))
                .post(
                        "experiments/search",
                        experiments("name LIKE 'SE-%'", "name").replace("100", "1"))
                .save("token", "next_page_token")
                .post(
                        "experiments/search",
                        experiments("name LIKE 'SE-%'", "name").replace("100", "1, 'page_token': '${token}'"))
                .post("experiments/search", experiments("name LIKE 'SE-%'", "tags.se"))
                .post("experiments/search", experiments("name LIKE 'SE-%'", "nothing"))
                .post("experiments/search", experiments("name > 'SE'", "name"))
                .post("experiments/search", experiments("nothing = 'SE'", "name"))
                .post("experiments/search", experiments("metrics.a = 1", "name"))
                .post("experiments/search", experiments("creation_time = 'x'", "name"))
                .post("experiments/search", experiments("name = ", "name"))
                .post("experiments/search", experiments("name IN ('SE-a')", "name"))
                .post("experiments/search", experiments("tags.se IS NULL and name like 'SE-%'", "name"))
                .differsFrom(
                        "3.17.2", "Kiroku takes the words of the language in any case, for experiments as for runs.")
                .post("experiments/search", "{'max_results': 0}")
                .post("experiments/search", "{}")
                .differs("Kiroku answers with the documented default of 1000 when max_results is not given.")
                .post("experiments/search", "{'max_results': 50001}")
                .post("experiments/search", "{'max_results': 10, 'page_token': 'nonsense'}");
    }

    /** Single quotes in a body become double quotes, so those of the filter are escaped. */
    private static String experiments(String filter, String order) {
        return "{'max_results': 100, 'filter': '" + filter.replace("'", "\\u0027") + "', 'order_by': ['" + order
                + "']}";
    }
}
