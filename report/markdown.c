/* summary.md: what page 1 says, for a job summary or a pull request. */
#include <math.h>
#include <string.h>

#include "report/render.h"
#include "report/words.h"

void markdown_escape(struct strbuf *out, const char *text)
{
    for (const char *p = text ? text : ""; *p; p++)
        switch (*p) {
        case '&':
            strbuf_adds(out, "&amp;");
            break;
        case '<':
            strbuf_adds(out, "&lt;");
            break;
        case '>':
            strbuf_adds(out, "&gt;");
            break;
        default:
            if (strchr("|*_`[]\\#~$^", *p))
                strbuf_addc(out, '\\');
            strbuf_addc(out, *p);
        }
}

static void add_cell(struct strbuf *out, const char *text)
{
    strbuf_adds(out, " ");
    markdown_escape(out, text);
    strbuf_adds(out, " |");
}

static void add_status(struct strbuf *out, enum status status)
{
    strbuf_addf(out, " %s %s |", status_sign(status), status_word(status));
}

static void add_list(struct strbuf *out, const char *title, const struct text_list *list, bool numbered)
{
    if (list->count == 0)
        return;
    strbuf_addf(out, "\n**%s**\n\n", title);
    for (size_t i = 0; i < list->count; i++) {
        if (numbered)
            strbuf_addf(out, "%zu. ", i + 1);
        else
            strbuf_adds(out, "- ");
        markdown_escape(out, list->items[i]);
        strbuf_adds(out, "\n");
    }
}

static void add_ranking(struct strbuf *out, const struct model *model)
{
    struct arena *arena = model->arena;
    strbuf_adds(out, "\n## Ranking\n\n| rank | candidate | verdict | trust (interval) |");
    for (int d = 0; d < DIMENSION_COUNT; d++)
        strbuf_addf(out, " %s |", dimension_key[d]);
    strbuf_adds(out, "\n|---:|---|---|---|---|---|---|---|---|\n");
    for (size_t i = 0; i < model->n_candidates; i++) {
        const struct model_candidate *candidate = &model->candidates[i];
        strbuf_addf(out, "| %s |", number_count(arena, isfinite(candidate->rank) ? candidate->rank : (double)(i + 1)));
        add_cell(out, candidate->name);
        add_status(out, candidate->verdict);
        strbuf_addf(out, " %s |", number_estimate(arena, &candidate->trust, FORM_SCORE));
        for (int d = 0; d < DIMENSION_COUNT; d++)
            strbuf_addf(out, " %s %s |", status_sign(candidate->dimensions[d].status),
                        candidate->dimensions[d].assessed ? number_estimate(arena, &candidate->dimensions[d].score, FORM_SCORE)
                                                          : "not assessed");
        strbuf_adds(out, "\n");
    }
}

static void add_dimensions(struct strbuf *out, const struct model *model, const struct model_candidate *candidate)
{
    strbuf_adds(out, "\n| dimension | score (interval) | status | finding |\n|---|---|---|---|\n");
    for (int d = 0; d < DIMENSION_COUNT; d++) {
        const struct model_dimension *dimension = &candidate->dimensions[d];
        strbuf_addf(out, "| %s | %s |", dimension_title[d],
                    dimension->assessed ? number_estimate(model->arena, &dimension->score, FORM_SCORE) : "not assessed");
        add_status(out, dimension->status);
        add_cell(out, dimension->finding);
        strbuf_adds(out, "\n");
    }
}

static void add_gates(struct strbuf *out, const struct model *model, const struct model_candidate *candidate)
{
    if (candidate->n_gates == 0)
        return;
    strbuf_adds(out, "\n| gate | asks for | measured (interval) | result | why |\n|---|---|---|---|---|\n");
    for (size_t i = 0; i < candidate->n_gates; i++) {
        const struct model_gate *gate = &candidate->gates[i];
        strbuf_adds(out, "|");
        add_cell(out, gate->subject);
        add_cell(out, rule_text(model->arena, gate));
        strbuf_addf(out, " %s |", number_estimate(model->arena, &gate->estimate, gate->form));
        add_status(out, gate->result);
        add_cell(out, gate->why);
        strbuf_adds(out, "\n");
    }
}

static void add_claims(struct strbuf *out, const struct model *model)
{
    if (model->n_claims == 0)
        return;
    strbuf_adds(out, "\n## Claims\n\n| claim | source | result | why |\n|---|---|---|---|\n");
    for (size_t i = 0; i < model->n_claims; i++) {
        const struct model_claim *claim = &model->claims[i];
        strbuf_adds(out, "|");
        add_cell(out, claim->statement);
        add_cell(out, claim->source);
        strbuf_addf(out, " %s", status_sign(claim->status));
        add_cell(out, claim->result);
        add_cell(out, claim->why);
        strbuf_adds(out, "\n");
    }
}

int render_markdown(const struct model *model, struct strbuf *out, struct error *error)
{
    strbuf_adds(out, "# Synthetic data audit\n\n");
    for (size_t i = 0; i < model->n_candidates; i++) {
        const struct model_candidate *candidate = &model->candidates[i];
        strbuf_addf(out, "- %s ", status_sign(candidate->verdict));
        if (*candidate->headline) {
            markdown_escape(out, candidate->headline);
        } else {
            markdown_escape(out, candidate->name);
            strbuf_addf(out, ": %s", verdict_word(candidate->verdict));
        }
        strbuf_adds(out, "\n");
    }
    strbuf_adds(out, "\nPolicy: ");
    markdown_escape(out, model->policy);
    strbuf_addf(out, ". Seed: %s. Date: ", number_seed(model->arena, model->seed));
    markdown_escape(out, model->date);
    strbuf_adds(out, ". assay ");
    markdown_escape(out, model->version);
    strbuf_adds(out, ".\n");
    strbuf_adds(out,
                "\nAn interval says where a value would lie on average with other rows, as many, from the same two sources.");
    if (model->n_candidates > 0 && model_has_fresh_rows(&model->candidates[0]))
        strbuf_adds(out, " Fresh real rows carry the same noise: a score of 1 is as good as they are.");
    strbuf_adds(out, "\n");
    if (model->n_candidates > 0)
        add_ranking(out, model);
    for (size_t i = 0; i < model->n_candidates; i++) {
        const struct model_candidate *candidate = &model->candidates[i];
        strbuf_adds(out, "\n## ");
        markdown_escape(out, candidate->name);
        strbuf_adds(out, "\n");
        add_dimensions(out, model, candidate);
        add_gates(out, model, candidate);
        add_list(out, "What to do", &candidate->actions, true);
        add_list(out, "What this audit could not see", &candidate->blind_spots, false);
    }
    add_claims(out, model);
    return out->failed ? error_memory(error) : 0;
}
