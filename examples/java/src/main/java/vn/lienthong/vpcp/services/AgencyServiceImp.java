package vn.lienthong.vpcp.services;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import vn.lienthong.Client;
import vn.lienthong.Json;
import vn.lienthong.LienthongException;
import vn.lienthong.vpcp.services.model.Agency;
import vn.lienthong.vpcp.services.model.DeleteAgencyResult;
import vn.lienthong.vpcp.services.model.GetAgenciesResult;
import vn.lienthong.vpcp.services.model.GetSynchronizeUnit;
import vn.lienthong.vpcp.services.model.RegisterAgencyResult;
import vn.lienthong.vpcp.services.model.UnitSynchronize;

/**
 * The calls for the directory. Used by any number of threads at once. No call throws or gives null:
 * a failure is a result whose {@code getStatus} is not {@code OK}.
 */
public final class AgencyServiceImp {
    private static final List<String> MEMBERS =
            Arrays.asList("id", "code", "name", "mail", "mobile", "fax");

    private final VnptProperties properties;

    /** With properties of its own. */
    public AgencyServiceImp(VnptProperties properties) {
        this.properties = properties;
    }

    /** With the file that {@link FileConfig} states. */
    public AgencyServiceImp() {
        this(new VnptProperties(FileConfig.getCollaborationPF()));
    }

    /** The directory. */
    public GetAgenciesResult getAgenciesList(String jsonHeaders) {
        try {
            Json rows = connection().call(properties.getRetry(), Client::agencies);
            return new GetAgenciesResult(KnobstickServiceImp.each(rows, Agency::new));
        } catch (LienthongException failure) {
            return new GetAgenciesResult(failure);
        }
    }

    /** The agencies of a level with their codes of Decision 20/2020; {@code level}. */
    public GetAgenciesResult getAgenciesListQD20(String jsonHeaders) {
        try {
            int level = level(new Parameters(jsonHeaders).needed("level"));
            Json rows = connection().call(
                    properties.getRetry(), client -> client.agenciesQd20(level));
            return new GetAgenciesResult(KnobstickServiceImp.each(rows, Agency::new));
        } catch (LienthongException failure) {
            return new GetAgenciesResult(failure);
        }
    }

    private static int level(String text) {
        if (!text.matches("[0-9]{1,3}")) {
            throw LienthongException.invalidArgument("level is no number");
        }
        return Integer.parseInt(text);
    }

    /** The units of the directory with their changes. */
    public GetSynchronizeUnit getSynchronizeUnit(String jsonHeaders) {
        try {
            Json rows = connection().call(properties.getRetry(), Client::synchronizeUnits);
            return new GetSynchronizeUnit(KnobstickServiceImp.each(rows, UnitSynchronize::new));
        } catch (LienthongException failure) {
            return new GetSynchronizeUnit(failure);
        }
    }

    /**
     * Registers an agency. Never tried twice.
     *
     * @param data JSON: id, pcode, code, name, mail, mobile, fax
     */
    public RegisterAgencyResult registerAgency(String jsonHeaders, String data) {
        try {
            Json agency = agency(Json.parseLeniently(data == null ? "" : data));
            connection().call(1, client -> {
                client.registerAgency(agency);
                return null;
            });
            return new RegisterAgencyResult();
        } catch (LienthongException failure) {
            return new RegisterAgencyResult(failure);
        }
    }

    private static Json agency(Json data) {
        Map<String, Object> agency = new LinkedHashMap<>();
        for (Map.Entry<String, Json> member : data.members().entrySet()) {
            String name = member.getKey().equals("pcode") ? "parent_code" : member.getKey();
            if (name.equals("parent_code") || MEMBERS.contains(name)) {
                String text = member.getValue().text();
                agency.put(name, text == null ? "" : text);
            }
        }
        return Json.of(agency);
    }

    /** Takes an agency off the axis; {@code AgencyCode}. Never tried twice. */
    public DeleteAgencyResult deleteAgency(String jsonHeaders) {
        try {
            String code = new Parameters(jsonHeaders).needed("AgencyCode");
            connection().call(1, client -> {
                client.deleteAgency(code);
                return null;
            });
            return new DeleteAgencyResult();
        } catch (LienthongException failure) {
            return new DeleteAgencyResult(failure);
        }
    }

    private Connection connection() {
        return Connection.of(properties);
    }
}
