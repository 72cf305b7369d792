package example;

import java.util.ArrayList;
import java.util.List;
import vn.lienthong.vpcp.services.AgencyServiceImp;
import vn.lienthong.vpcp.services.KnobstickServiceImp;
import vn.lienthong.vpcp.services.VnptProperties;
import vn.lienthong.vpcp.services.model.Agency;
import vn.lienthong.vpcp.services.model.CountReceiveEdoc;
import vn.lienthong.vpcp.services.model.DeleteAgencyResult;
import vn.lienthong.vpcp.services.model.GetAgenciesResult;
import vn.lienthong.vpcp.services.model.GetChangeStatusResult;
import vn.lienthong.vpcp.services.model.GetEdocResult;
import vn.lienthong.vpcp.services.model.GetReceivedEdocResult;
import vn.lienthong.vpcp.services.model.GetSendEdocResult;
import vn.lienthong.vpcp.services.model.GetSynchronizeUnit;
import vn.lienthong.vpcp.services.model.Knobstick;
import vn.lienthong.vpcp.services.model.MessageType;
import vn.lienthong.vpcp.services.model.RegisterAgencyResult;
import vn.lienthong.vpcp.services.model.SendEdocResult;
import vn.lienthong.vpcp.services.model.StatusResult;
import vn.lienthong.vpcp.services.model.UnitSynchronize;

/**
 * A product in the manner of those that were written for the incumbent SDK: it makes its JSON by
 * hand, and uses each of the thirteen calls. Only its imports name lienthong.
 */
public final class Product {
    private final KnobstickServiceImp knobstickService;
    private final AgencyServiceImp agencyService;

    public Product(String endpoint, String systemId, String secret, String storePathDir) {
        int maxConnection = 10, retry = 2;
        VnptProperties properties = new VnptProperties(
                endpoint, systemId, secret, storePathDir, maxConnection, retry);
        knobstickService = new KnobstickServiceImp(properties);
        agencyService = new AgencyServiceImp(properties);
    }

    /** Sends a document and gives the axis's id of it. */
    public String send(String from, String to, String edXMLFileLocation) {
        String json = "{\"from\":\"" + from + "\",\"servicetype\":\"eDoc\",\"messagetype\":\""
                + MessageType.edoc + "\",\"to\":[\"" + to + "\"]}";
        SendEdocResult result = knobstickService.sendEdoc(json, edXMLFileLocation);
        must(result.getStatus(), result.getErrorCode(), result.getErrorDesc());
        return result.getDocID();
    }

    /** How many documents and statuses wait. */
    public int[] waiting() {
        String json = "{\"servicetype\":\"eDoc\",\"messagetype\":\"" + MessageType.edoc + "\"}";
        CountReceiveEdoc documents = knobstickService.countReceiveEdoc(json);
        must(documents.getStatus(), documents.getErrorCode(), documents.getErrorDesc());
        CountReceiveEdoc statuses = knobstickService.countReceiveStatus(json);
        must(statuses.getStatus(), statuses.getErrorCode(), statuses.getErrorDesc());
        return new int[] {documents.getCount(), statuses.getCount()};
    }

    /** Fetches what waits, twice, acknowledges it, and gives the files. */
    public List<String> receive(String filePath) {
        List<String> files = new ArrayList<>();
        GetReceivedEdocResult list = knobstickService.getReceivedEdocList(
                "{\"servicetype\":\"eDoc\",\"messagetype\":\"" + MessageType.edoc + "\"}");
        must(list.getStatus(), list.getErrorCode(), list.getErrorDesc());
        for (Knobstick item : list.getKnobsticks()) {
            // The id without quotation marks: so it stands in programs.
            String processing = "{\"status\":\"processing\",\"docId\":" + item.getId() + "}";
            GetChangeStatusResult said = knobstickService.updateStatus(processing);
            must(said.getStatus(), said.getErrorCode(), said.getErrorDesc());
            String json = "{\"filePath\":\"" + filePath + "\",\"docId\":\"" + item.getId() + "\"}";
            GetEdocResult edoc = knobstickService.getEdoc(json);
            must(edoc.getStatus(), edoc.getErrorCode(), edoc.getErrorDesc());
            files.add(edoc.getFilePath());
            GetEdocResult again = knobstickService.downloadEdoc(json);
            must(again.getStatus(), again.getErrorCode(), again.getErrorDesc());
            if (!again.getData().equals(edoc.getData())) {
                throw new IllegalStateException("two fetches, two packets");
            }
            said = knobstickService.updateStatus(
                    "{\"status\":\"done\",\"docid\":\"" + item.getId() + "\"}");
            must(said.getStatus(), said.getErrorCode(), said.getErrorDesc());
        }
        return files;
    }

    /** What became of a sending. */
    public List<StatusResult> follow(String docId) {
        GetSendEdocResult result = knobstickService.getSentEdocList(
                "{\"servicetype\":\"eDoc\",\"messagetype\":\"" + MessageType.edoc
                        + "\",\"docId\":\"" + docId + "\"}");
        must(result.getStatus(), result.getErrorCode(), result.getErrorDesc());
        return result.getStatusResult();
    }

    /** Registers an agency. */
    public void register(String parent, String code, String name) {
        RegisterAgencyResult result = agencyService.registerAgency("{}",
                "{\"id\":\"\",\"pcode\":\"" + parent + "\",\"code\":\"" + code + "\",\"name\":\"" + name
                        + "\",\"mail\":\"\",\"mobile\":\"\",\"fax\":\"\"}");
        must(result.getStatus(), result.getErrorCode(), result.getErrorDesc());
    }

    /** Takes an agency away. */
    public void unregister(String code) {
        DeleteAgencyResult result = agencyService.deleteAgency("{\"AgencyCode\":\"" + code + "\"}");
        must(result.getStatus(), result.getErrorCode(), result.getErrorDesc());
    }

    /** The directory. */
    public List<Agency> agencies() {
        GetAgenciesResult result = agencyService.getAgenciesList("{}");
        must(result.getStatus(), result.getErrorCode(), result.getErrorDesc());
        return result.getAgencies();
    }

    /** The directory by Decision 20/2020. */
    public List<Agency> agenciesQd20(int level) {
        GetAgenciesResult result = agencyService.getAgenciesListQD20("{\"level\":\"" + level + "\"}");
        must(result.getStatus(), result.getErrorCode(), result.getErrorDesc());
        return result.getAgencies();
    }

    /** The directory with its changes. */
    public List<UnitSynchronize> units() {
        GetSynchronizeUnit result = agencyService.getSynchronizeUnit("{}");
        must(result.getStatus(), result.getErrorCode(), result.getErrorDesc());
        return result.getUnitSynchronize();
    }

    private static void must(String status, String errorCode, String errorDesc) {
        if (!status.equals("OK") || !errorCode.equals("0")) {
            throw new IllegalStateException(errorCode + " " + errorDesc);
        }
    }
}
