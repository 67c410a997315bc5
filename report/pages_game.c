/* The privacy game as a PDF: answer, curve, table, rules, limits. */
#include <math.h>

#include "report/figure.h"
#include "report/page.h"
#include "report/print.h"
#include "report/render.h"
#include "report/table.h"

static void draw_opening(struct document *document, const struct game_model *game)
{
    struct arena *arena = document->arena;
    struct text_style grey = style_body;
    grey.colour = COLOUR_GREY;
    page_section(document, 1, "The privacy game", 0);
    tag_open(document, "H1", NULL);
    document->y += text_draw(document->text, document->cr, &style_title, "Can a secret be read out of the synthetic rows?",
                             grid_x(0), document->y, TEXT_WIDTH);
    tag_close(document, "H1");
    document->y += 4;
    flow_text(document, &grey,
              arena_format(
                  arena, "Generator: %s \xc2\xb7 secret: %s \xc2\xb7 %s games of %s records \xc2\xb7 seed %s \xc2\xb7 assay %s",
                  game->method, game->secret, number_count(arena, game->games), number_count(arena, game->records),
                  number_seed(arena, game->seed), game->version),
              grid_x(0), TEXT_WIDTH);
    document->y += 14;
    flow_text(document, &style_verdict, game->headline, grid_x(0), TEXT_WIDTH);
    document->y += 8;
    flow_text(document, &style_body, game->sentence, grid_x(0), grid_width(10));
    document->y += 10;
}

static void draw_curve(struct document *document, const struct game_model *game)
{
    struct figure_list list = {.count = 0};
    const struct figure figure = {
        .title = "How much more synthetic rows give away",
        .sentence =
            "Blue: how often the coin was guessed, with its interval. Where the interval lies above the dashed line, the "
            "generator gave this record away. Grey: how many of all records were guessed right, by a leak or "
            "by what holds for people in general.",
        .caption = arena_format(document->arena, "%s games; interval of Clopper and Pearson at 95 %%",
                                number_count(document->arena, game->games)),
        .full = true,
        .height = 230,
        .draw = chart_game,
        .data = game};
    figure_add(&list, &figure);
    figures_place(document, &list);
}

static void draw_table(struct document *document, const struct game_model *game)
{
    static const double widths[GAME_CELLS] = {78, 112, 112, 78, 74, 0};
    struct table table = {.x = grid_x(0), .padding = 3, .n_columns = GAME_CELLS};
    double left = TEXT_WIDTH;
    for (size_t c = 0; c < GAME_CELLS; c++) {
        table.columns[c] = (struct table_column){game_cell_title[c], c + 1 < GAME_CELLS ? widths[c] : left, ALIGN_RIGHT};
        left -= widths[c];
    }
    page_skip(document, 8);
    table_head(document, &table);
    for (size_t i = 0; i < game->n_sizes; i++) {
        const char *text[GAME_CELLS];
        struct table_cell cells[TABLE_COLUMNS] = {0};
        game_cells(game, i, text);
        for (size_t c = 0; c < GAME_CELLS; c++)
            cells[c].text = text[c];
        cells[1].strong = true;
        table_row(document, &table, cells, NULL);
    }
    table_end(document, &table);
}

static void draw_list(struct document *document, const char *heading, const struct text_list *list)
{
    flow_heading(document, heading, 40);
    for (size_t i = 0; i < list->count; i++)
        flow_bullet(document, list->items[i]);
    document->y += 4;
}

/* A name is not broken, so a long list of columns is cut. */
static const char *column_names(struct arena *arena, const struct text_list *columns)
{
    enum { MOST = 40 };
    const char *text = "";
    for (size_t i = 0; i < columns->count && i < MOST; i++)
        text = arena_format(arena, "%s%s%s", text, i ? ", " : "", columns->items[i]);
    return columns->count > MOST ? arena_format(arena, "%s and %zu more", text, columns->count - MOST) : text;
}

static void draw_inputs(struct document *document, const struct game_model *game)
{
    struct arena *arena = document->arena;
    flow_heading(document, "Inputs", 40);
    flow_bullet(document, arena_format(arena, "Known columns: %s.", column_names(arena, &game->quasi)));
    flow_bullet(document, arena_format(arena, "%s of the records are unique in them; the most frequent secret is that of %s.",
                                       number_text(arena, game->unique, 1, FORM_PERCENT),
                                       number_text(arena, game->majority, 1, FORM_PERCENT)));
    flow_bullet(document,
                arena_format(arena, "Population: %s rows, SHA-256 %s.", number_count(arena, game->population), game->sha256));
}

static void whole_document(struct document *document, const void *content)
{
    const struct game_model *game = content;
    document->header = arena_format(document->arena, "assay game \xc2\xb7 %s", game->method);
    document->footer =
        arena_format(document->arena, "game JSON %.16s\xe2\x80\xa6 \xc2\xb7 assay %s", game->hash, game->version);
    draw_opening(document, game);
    draw_curve(document, game);
    draw_table(document, game);
    page_section(document, 1, "Methods and limits", 60);
    draw_list(document, "How the game is played", &game->rules);
    draw_list(document, "What it cannot say", &game->limits);
    draw_inputs(document, game);
}

int render_game_pdf(const struct game_model *game, struct strbuf *out, struct error *error)
{
    const struct print_job job = {.title = arena_format(game->arena, "Privacy game: %s", game->method),
                                  .subject = "Privacy game against a generator of synthetic data",
                                  .version = game->version,
                                  .date = "",
                                  .lay_out = whole_document,
                                  .content = game,
                                  .cells = true};
    return print_pdf(&job, game->arena, out, error);
}
